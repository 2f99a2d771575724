"""What a deployment has recorded, read for operators: uploads, results, attempts, learned rates."""
