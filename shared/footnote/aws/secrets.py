"""Secrets from Secrets Manager."""

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from footnote.domain.errors import SettingsError
from footnote.domain.masking import told


def read_secret(arn: str) -> str:
    """The text of a secret, as it is now.

    Raises:
        SettingsError: the secret cannot be read.
    """
    try:
        reply = boto3.client("secretsmanager").get_secret_value(SecretId=arn)
        return str(reply["SecretString"])
    except (ClientError, BotoCoreError) as error:
        message = f"the secret {arn} cannot be read: {told(error)}"
        raise SettingsError(message) from error
