"""The form of Amazon Bedrock Knowledge Bases: Retrieve and RetrieveAndGenerate."""
