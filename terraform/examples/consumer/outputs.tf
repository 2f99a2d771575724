output "media_bucket" {
  description = "Upload images here, under <owner>/."
  value       = module.rekbridge.deployment.buckets.media
}

output "queue_url" {
  description = "The events of analysed images arrive here."
  value       = aws_sqs_queue.albums.url
}
