/// The ports of an installation, counting up from a base.
struct Ports: Sendable, Hashable {
    let base: Int

    var webhook: Int { base }
    /// The port of the `index`-th ingester: the first has the base, others what is free above.
    func webhook(_ index: Int) -> Int { index == 0 ? base : embeddings + index }
    var console: Int { base + 1 }
    var simulator: Int { base + 2 }
    var embeddings: Int { base + 3 }
    /// The embedding server for documents; the last port before telemetry's.
    var readingEmbeddings: Int { base + 9 }

    /// The telemetry port of the `index`-th process.
    func telemetry(_ index: Int) -> Int { base + 10 + index }

    func url(_ port: Int, _ path: String = "") -> String { "http://127.0.0.1:\(port)\(path)" }
}
