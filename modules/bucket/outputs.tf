output "exports" {
  description = "The bucket, for functions that read or write its objects and for its notifications."
  value = {
    name = aws_s3_bucket.this.bucket
    arn  = local.arn
  }
}
