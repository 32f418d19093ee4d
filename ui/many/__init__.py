"""What stands where many networks are shown at once: `seeds` on the playground, `searching` and `racing` on pages of
their own; `status` is what all of them say about work on its way."""
