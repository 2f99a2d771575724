output "exports" {
  description = "The bucket, for whoever reads, writes or is told of its objects."
  value = {
    name = aws_s3_bucket.this.bucket
    arn  = local.arn
  }
}
