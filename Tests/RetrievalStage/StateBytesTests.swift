import Conversation
import RetrievalStage
import Testing

/// The state is written by hand, for speed; it is what the encoder writes.
@Suite struct StateBytesTests {
    @Test("the turns are written as the encoder writes them")
    func bytes() throws {
        var turns = RecentTurns()
        for words in ["What does a \"city bike\" cost?\n", "Öffnungszeiten am Samstag 👋"] {
            #expect(try JSONText.bytes(of: turns) == (try RecordCodec.encode(turns)))
            turns.remember(
                SearchQuery(words, after: turns.turns), at: Timestamp(milliseconds: 1_700_000_000))
        }
        #expect(turns.turns.count == 2)
        let written = try JSONText.bytes(of: turns)
        #expect(written == (try RecordCodec.encode(turns)))
        #expect(try RecordCodec.decode(RecentTurns.self, from: written) == turns)
    }
}
