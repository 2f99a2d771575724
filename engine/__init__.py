"""The local Rekognition: Amazon Rekognition's protocol, limits and quotas over an analysis on this machine."""
