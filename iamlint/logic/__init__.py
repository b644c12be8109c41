"""What policies allow, as plain data in and answers out; knows nothing of files or rules."""
