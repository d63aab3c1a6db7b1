"""The sound foundry: seeded synthetic clips with captions, made by formula and from soundfonts."""
