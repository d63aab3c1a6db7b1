"""The two towers of CLAP: text and audio into one embedding space."""
