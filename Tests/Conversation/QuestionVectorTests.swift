import Conversation
import Testing

@Suite("A question's vector")
struct QuestionVectorTests {
    private static func unit(_ values: [Float]) -> [Float] {
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return values.map { $0 / length }
    }

    private static func product(_ first: [Float], _ second: [Float]) -> Float {
        zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test("it is the same once written and read, and points where what was made points")
    func roundTrip() throws {
        let made = Self.unit((0..<384).map { Float(($0 * 7_919) % 383 - 190) / 4_000 })
        let vector = QuestionVector(made, model: "e5")
        let bytes = try RecordCodec.encode(vector)
        #expect(bytes.count < 560)
        #expect(try RecordCodec.decode(QuestionVector.self, from: bytes) == vector)
        let other = Self.unit((0..<384).map { Float(($0 * 104_729) % 383 - 190) })
        #expect(abs(Self.product(vector.values, other) - Self.product(made, other)) < 0.0005)
        #expect(abs(Self.product(vector.values, made) - 1) < 0.0001)
    }

    @Test("one that a version before wrote, of 16-bit floats, is read and written as it was")
    func floats() throws {
        // 0.6 and -0.8 as little-endian 16-bit floats.
        let json = #"{"model":"m","values":"zThmug=="}"#
        let vector = try RecordCodec.decode(QuestionVector.self, from: Array(json.utf8))
        #expect(zip(vector.values, [Float(0.6), -0.8]).allSatisfy { abs($0 - $1) < 0.001 })
        #expect(try RecordCodec.encode(vector) == Array(json.utf8))
    }

    @Test(
        "components without a direction, or of no size, make no trouble",
        arguments: [[], [0, 0], [.nan, 1], [.infinity, 1], [Float.leastNonzeroMagnitude, 0]])
    func odd(_ values: [Float]) throws {
        let vector = QuestionVector(values, model: "m")
        let bytes = try RecordCodec.encode(vector)
        #expect(try RecordCodec.decode(QuestionVector.self, from: bytes) == vector)
        #expect(vector.values.count == values.count)
        #expect(vector.values.allSatisfy { $0.isFinite })
    }

    @Test(
        "what is no vector is refused",
        arguments: [
            #"{"model":"m","values":"AAA"}"#, #"{"model":"m","values":"?"}"#, #"{"model":"m"}"#,
            #"{"model":"m","steps":"?"}"#,
        ])
    func refuses(_ json: String) {
        #expect(throws: RecordError.self) {
            try RecordCodec.decode(QuestionVector.self, from: Array(json.utf8))
        }
    }
}
