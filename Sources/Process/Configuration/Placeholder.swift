/// Placeholder until the module is written.
private enum Placeholder {}
