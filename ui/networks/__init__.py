"""What stands on the pages that look at the playground's run: a file for each, named after what it shows."""
