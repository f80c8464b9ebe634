"""The one place where concrete things meet: settings in, a working node out."""
