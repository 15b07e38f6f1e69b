import Testing

@testable import Bench

@Suite struct BenchTests {
    @Test("quantiles are the nearest ranks, in milliseconds")
    func quantiles() {
        let times = Latencies((1...200).reversed().map { $0 * 1_000_000 })
        #expect((times.count, times.p50, times.p90) == (200, 100, 180))
        #expect((times.p99, times.max) == (198, 200))
        #expect(Latencies([]).count == 0)
        #expect(Latencies([5_000_000]).p99 == 5)
    }

    @Test("an answer is whole at its last byte, however it is cut")
    func answers() {
        let bytes = Array("HTTP/1.1 503 X\r\nContent-Length: 5\r\nA: b\r\n\r\nhello".utf8)
        for cut in 1..<bytes.count {
            var reader = AnswerReader()
            let early = reader.append(Array(bytes[..<cut]), cut)
            let late = reader.append(Array(bytes[cut...]), bytes.count - cut)
            #expect(!early && late)
            #expect(reader.status == 503)
        }
        var empty = AnswerReader()
        let short = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
        let isWhole = empty.append(short, short.count)
        #expect(isWhole && empty.status == 200)
    }

    @Test("each request of a corpus has a message of its own")
    func corpus() throws {
        let corpus = try WebhookCorpus(count: 3)
        #expect(corpus.count == 3)
        for index in 0..<3 {
            let text = String(decoding: corpus.bytes[corpus.range(index)], as: UTF8.self)
            let id = WebhookCorpus.messageID(index)
            #expect(text.hasPrefix("POST /webhook HTTP/1.1\r\n"))
            #expect(text.contains("\"id\":\"\(id)\""))
            #expect(text.hasSuffix("\r\n\r\n" + WebhookCorpus.body(index)))
        }
    }
}
