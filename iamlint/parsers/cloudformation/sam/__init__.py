"""The Serverless Application Model: what its resources make of roles, policies and permissions."""
