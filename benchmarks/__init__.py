"""What is measured in a checkout only: webhooks beside two job queues, and what watching costs."""
