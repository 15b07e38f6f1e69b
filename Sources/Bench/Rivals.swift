import Foundation

/// Measures two libraries of PyPI over the same vectors, in a Python that has them.
struct Rivals: Sendable {
    /// What was measured of one.
    struct Figures: Codable, Sendable {
        var name: String
        var milliseconds: Double
        var recall: Double
        var buildSeconds: Double
        var bytes: Int
    }

    private struct Found: Decodable {
        var name: String
        var milliseconds: Double
        var buildSeconds: Double
        var bytes: Int
        var rows: [[Int]]
    }

    var python: String
    var folder: String

    /// The figures of each library that is installed.
    ///
    /// - Throws: `RunningPipeline.Failure` where the program fails.
    func measure(
        _ rows: [[Float]], _ asked: [[Float]], _ exact: [[Int]], limit: Int
    ) async throws -> [Figures] {
        try Self.write(rows, to: folder + "/rows")
        try Self.write(asked, to: folder + "/asked")
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [
            "-c", Self.program, folder, "\(rows.first?.count ?? 0)", "\(limit)",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.environment = ProcessInfo.processInfo.environment
            .merging(["OMP_NUM_THREADS": "1"]) { $1 }
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw RunningPipeline.Failure(description: "\(python) could not measure the others")
        }
        return try JSONDecoder().decode([Found].self, from: bytes).map { found in
            Figures(
                name: found.name, milliseconds: found.milliseconds,
                recall: SearchBench.recall(found.rows, exact), buildSeconds: found.buildSeconds,
                bytes: found.bytes)
        }
    }

    private static func write(_ rows: [[Float]], to path: String) throws {
        var bytes = Data(capacity: rows.count * (rows.first?.count ?? 0) * 4)
        for row in rows {
            for value in row {
                let bits = value.bitPattern
                bytes.append(contentsOf: [
                    UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8),
                    UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 24),
                ])
            }
        }
        try bytes.write(to: URL(filePath: path))
    }

    private static let program = """
        import json, sys, time
        import numpy
        folder, dimensions, limit = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        rows = numpy.fromfile(folder + "/rows", "<f4").reshape(-1, dimensions)
        asked = numpy.fromfile(folder + "/asked", "<f4").reshape(-1, dimensions)
        found = []
        def measure(name, build, search, size):
            start = time.perf_counter(); index = build(); built = time.perf_counter() - start
            times, places = [], []
            for question in asked:
                start = time.perf_counter(); place = search(index, question[None, :])
                times.append((time.perf_counter() - start) * 1e3)
                places.append([int(one) for one in place])
            found.append(dict(name=name, milliseconds=sorted(times)[len(times) // 2],
                              buildSeconds=built, bytes=size(index), rows=places))
        try:
            import faiss
            faiss.omp_set_num_threads(1)
            def faiss_build(index):
                index.train(rows[:100000]) if not index.is_trained else None
                index.add(rows); return index
            for name, make in [
                ("faiss-cpu exact", lambda: faiss.IndexFlatIP(dimensions)),
                ("faiss-cpu 8 bit", lambda: faiss.IndexScalarQuantizer(
                    dimensions, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT))]:
                measure(name, lambda make=make: faiss_build(make()),
                        lambda index, question: index.search(question, limit)[1][0],
                        lambda index: len(faiss.serialize_index(index)))
        except ImportError:
            pass
        try:
            import hnswlib, os
            def graph():
                index = hnswlib.Index(space="ip", dim=dimensions)
                index.init_index(max_elements=len(rows), M=16, ef_construction=200)
                index.set_num_threads(1); index.add_items(rows, num_threads=1); index.set_ef(100)
                return index
            def size(index):
                index.save_index(folder + "/graph"); return os.path.getsize(folder + "/graph")
            if len(rows) <= 200000:
                measure("hnswlib M 16, ef 100", graph,
                        lambda index, question: index.knn_query(
                            question, limit, num_threads=1)[0][0],
                        size)
        except ImportError:
            pass
        print(json.dumps(found))
        """
}
