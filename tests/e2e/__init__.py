from ft_core.engine.environment import prepare_environment

prepare_environment()  # before any test module imports PyTorch
