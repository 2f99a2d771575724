"""Upload forms for the media bucket, signed with this Lambda's own role: what it may not put, nobody may."""

from typing import TYPE_CHECKING

from botocore.config import Config

from rekbridge_lambda.domain.upload_requests import LARGEST_BYTES, VALID_S, Form, Wish

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The bucket's own host name in its own region: the global one redirects in new regions, and a redirected POST is lost.
# An emulator is reached by an IP address, where botocore names the bucket in the path whatever stands here.
SIGNING = Config(
    signature_version="s3v4", s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}
)


class MediaForms:
    """Forms that S3 checks: the key, the size and the content type are signed."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def sign(self, wish: Wish) -> Form:
        """A form for one key; no call."""
        fields = {"Content-Type": wish.content_type} if wish.content_type else {}
        signed = self.s3.generate_presigned_post(
            Bucket=self.bucket,
            Key=wish.key,
            Fields=dict(fields),
            Conditions=[["content-length-range", 1, LARGEST_BYTES], *({name: fields[name]} for name in fields)],
            ExpiresIn=VALID_S,
        )
        return Form(signed["url"], signed["fields"])
