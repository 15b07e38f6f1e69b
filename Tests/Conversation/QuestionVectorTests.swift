import Conversation
import Testing

@Suite("A question's vector")
struct QuestionVectorTests {
    @Test("it is the same once written and read, and near to what was made")
    func roundTrip() throws {
        let made = (0..<384).map { Float($0 - 190) / 4_000 }
        let vector = QuestionVector(made, model: "e5")
        let bytes = try RecordCodec.encode(vector)
        #expect(bytes.count < 1_100)
        #expect(try RecordCodec.decode(QuestionVector.self, from: bytes) == vector)
        for (kept, value) in zip(vector.values, made) { #expect(abs(kept - value) < 0.0001) }
    }

    @Test(
        "what is no vector is refused",
        arguments: [
            #"{"model":"m","values":"AAA"}"#, #"{"model":"m","values":"?"}"#, #"{"model":"m"}"#,
        ])
    func refuses(_ json: String) {
        #expect(throws: RecordError.self) {
            try RecordCodec.decode(QuestionVector.self, from: Array(json.utf8))
        }
    }
}
