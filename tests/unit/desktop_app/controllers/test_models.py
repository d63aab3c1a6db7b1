"""What is said about models."""

from desktop_app.controllers.models import STARTER, ModelChoice, model_words, short_name

LARGE = ModelChoice(name="large", title="Large", note="Good at all.", is_installed=False)


def test_the_starter_says_what_it_knows_and_what_else_there_is() -> None:
    title, lines = model_words("starter", (STARTER, LARGE))

    assert title == "Longwave starter"
    assert "It knows: " in lines
    assert "such as Large." in lines


def test_a_model_that_is_not_here_says_so() -> None:
    assert model_words("large", (STARTER, LARGE))[1].startswith("Good at all.\nIt is not on this")
    assert model_words("/my/model", (STARTER,)) == ("/my/model", "It is not on this computer.")


def test_the_chip_shows_a_short_name() -> None:
    assert short_name("starter") == "Starter"
    assert short_name("large") == "large"
