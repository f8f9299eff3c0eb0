"""The libraries that load a base model and give it an adapter: Unsloth, or plain transformers and PEFT."""
