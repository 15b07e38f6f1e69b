import Testing

@testable import Bench

@Suite struct DeskBenchTests {
    @Test("a change is known again by its words, wherever they stand")
    func words() {
        for number in [0, 7, 99_999, 1_234_567] {
            let bytes = Array("Zq1 \(DeskListeners.words(number)) Zqx".utf8)
            let found = bytes.indices.compactMap { DeskListeners.change(in: bytes, at: $0) }
            #expect(found == [number])
        }
    }

    @Test("a frame is read once it is whole, whatever its length")
    func frames() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let head: [UInt8] =
                switch length {
                case ...125: [0x81, UInt8(length)]
                case ...65_535: [0x81, 126, UInt8(length >> 8), UInt8(length & 0xff)]
                default: [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]
                }
            let bytes = [9, 9] + head + [UInt8](repeating: 65, count: length)
            #expect(ListeningSocket.frame(in: Array(bytes.dropLast()), at: 2) == nil)
            let frame = ListeningSocket.frame(in: bytes + [1], at: 2)
            #expect(frame?.opcode == 1)
            #expect(frame?.1 == (2 + head.count)..<bytes.count)
        }
    }

    @Test("a measurement counts only if each agent heard each change once, and in time")
    func report() {
        var report = DeskReport(log: "x", agents: 2, conversations: 1)
        #expect(!report.isSound)
        report.changes = 3
        report.heard = 6
        report.delay = Latencies([1_000_000])
        report.inbox = Latencies([1_000_000])
        #expect(report.isSound)
        report.lists = [.init(name: "list", latencies: Latencies([301_000_000]))]
        #expect(!report.isSound && report.lines.contains { $0.contains("more than 300") })
        report.lists = []
        report.heard = 5
        #expect(!report.isSound)
        report.heard = 6
        report.twice = 1
        #expect(!report.isSound && report.lines.last?.contains("1 twice") == true)
        report.twice = 0
        report.delay = Latencies([151_000_000])
        #expect(!report.isSound)
    }
}
