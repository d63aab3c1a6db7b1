from desktop_app.views.prompts.values import num_tokens_estimated


def test_an_empty_prompt_has_no_tokens() -> None:
    assert num_tokens_estimated("  ") == 0


def test_words_and_signs_count_and_long_words_twice() -> None:
    assert num_tokens_estimated("Heavy rain, wind") == 4 + 2
    assert num_tokens_estimated("thunderstorm") == 2 + 2
