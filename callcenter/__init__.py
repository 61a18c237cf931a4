"""What a call centre is: calls, queues, the service level, messages. No telephony, no HTTP."""
