import Conversation
import Testing

@testable import LanguageModel

@Suite("Tokens that businesses use")
struct TokenTableTests {
    private let noon = Timestamp(seconds: 43_200)

    @Test("are counted by business and day")
    func days() {
        let table = TokenTable()
        #expect(table.count(99, of: "sol", by: "a", at: noon).tokens == 99)
        #expect(table.count(1, of: "sol", by: "a", at: noon).tokens == 100)
        #expect(table.used(by: "sol", at: noon) == 100)
        #expect(table.used(by: "luna", at: noon) == 0)
        let next = noon + .seconds(43_200)
        #expect(table.used(by: "sol", at: next) == 0)
        #expect(table.count(5, of: "sol", by: "a", at: next).tokens == 5)
        #expect(table.used(by: "sol", at: next) == 5)
    }

    @Test("of several processes add up, whatever order their counts come in, and outlive each")
    func processes() {
        let (one, other) = (TokenTable(), TokenTable())
        let first = one.count(10, of: "sol", by: "a", at: noon)
        let second = one.count(10, of: "sol", by: "a", at: noon)
        let foreign = other.count(7, of: "sol", by: "b", at: noon)
        for use in [second, first, foreign, second] {
            one.put(use)
            other.put(use)
        }
        #expect(one.used(by: "sol", at: noon) == 27)
        #expect(other.used(by: "sol", at: noon) == 27)
        // A process that begins again goes on where it was.
        let restarted = TokenTable()
        for use in [first, second, foreign] { restarted.put(use) }
        #expect(restarted.count(3, of: "sol", by: "a", at: noon).tokens == 23)
        #expect(restarted.used(by: "sol", at: noon) == 30)
        restarted.remove(foreign.key)
        #expect(restarted.used(by: "sol", at: noon) == 23)
    }
}
