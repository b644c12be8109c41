"""What AWS means: IAM's own things as frozen models, whatever file they were written in."""
