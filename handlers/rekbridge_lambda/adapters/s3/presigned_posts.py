"""Upload forms for the media bucket, signed with this Lambda's role: a form permits only what the role may do."""

from typing import TYPE_CHECKING

from botocore.config import Config

from rekbridge_lambda.domain.uploads import MAX_UPLOAD_BYTES, UPLOAD_VALID_S, PresignedPost, UploadRequest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The bucket's own host name in its own region: the global one redirects in new regions, and a redirected POST is lost.
# Emulators are reached by an IP address, where botocore puts the bucket into the path whatever is set here.
SIGNING_CONFIG = Config(
    signature_version="s3v4", s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}
)


class MediaUploadSigner:
    """Forms that S3 checks: the key, the size and the content type are signed."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def sign_upload(self, upload_request: UploadRequest) -> PresignedPost:
        """A form for one key; signing makes no call."""
        fields = {"Content-Type": upload_request.content_type} if upload_request.content_type else {}
        signed = self.s3.generate_presigned_post(
            Bucket=self.bucket,
            Key=upload_request.key,
            Fields=dict(fields),
            Conditions=[["content-length-range", 1, MAX_UPLOAD_BYTES], *({name: fields[name]} for name in fields)],
            ExpiresIn=UPLOAD_VALID_S,
        )
        return PresignedPost(signed["url"], signed["fields"])
