"""What is measured in a checkout only: the webhooks beside two job queues, and what watching costs."""
