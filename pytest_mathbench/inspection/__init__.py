"""What is wrong with a completion, found without a reference answer."""
