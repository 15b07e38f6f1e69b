import AccountAccess
import Conversation
import Synchronization
import Testing

@testable import Views

@Suite("Watching what somebody may")
struct WatchTests {
    private final class Looks: Sendable {
        private let state = Mutex<[String: Int]>([:])
        func look(_ name: String) { state.withLock { $0[name, default: 0] += 1 } }
        func count(_ name: String) -> Int { state.withLock { $0[name] ?? 0 } }
    }

    @Test("what ends by time is looked at in rounds, not for all at once")
    func rounds() {
        let watch = AccountWatch()
        let looks = Looks()
        for number in 0..<60 {
            _ = watch.watch("ana", everyRounds: 6) { looks.look("socket \(number)") }
        }
        let often = watch.watchEverybody { looks.look("often") }
        watch.lookAround()
        let inOne = (0..<60).reduce(0) { $0 + looks.count("socket \($1)") }
        #expect(inOne == 10)
        for _ in 0..<5 { watch.lookAround() }
        #expect((0..<60).allSatisfy { looks.count("socket \($0)") == 1 })
        #expect(looks.count("often") == 6)
        watch.leave(often)
        watch.lookAround()
        #expect(looks.count("often") == 6)
    }

    @Test("what changes for everybody is looked at by all at once")
    func atOnce() {
        let watch = AccountWatch()
        let looks = Looks()
        for number in 0..<10 {
            _ = watch.watch("ana", everyRounds: 6) { looks.look("socket \(number)") }
        }
        watch.hear([ViewStartedOver()])
        #expect((0..<10).allSatisfy { looks.count("socket \($0)") == 1 })
    }
}
