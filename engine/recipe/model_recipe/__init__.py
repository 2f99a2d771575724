"""Makes the engine's models again, byte for byte, out of packages of PyPI and npm. engine/recipe/README.md says how."""
