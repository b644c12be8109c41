"""What AWS publishes, as data and typed look-ups; knows nothing of iamlint."""
