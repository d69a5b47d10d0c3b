"""Looking inside: predictions, kernels, feature maps, mistakes."""
