import AccountRules
import Conversation
import NetworkAddress
import Testing

@Suite("Throttling of sign-in")
struct SignInThrottleTests {
    private typealias Source = SignInThrottle.Source

    private static func at(_ seconds: Double) -> Timestamp {
        Timestamp(milliseconds: 1_800_000_000_000 + Int64(seconds * 1000))
    }

    private static func stranger(_ address: String) throws -> Source {
        .stranger(try #require(IPAddress(address)).network)
    }

    @Test("ten thousand bad attempts at an account later, its owner comes in from a known browser")
    func owner() throws {
        var throttle = SignInThrottle()
        var tried = 0
        for attempt in 0..<10_000 {
            let source = try Self.stranger("10.\(attempt % 256).\(attempt / 256).1")
            let verdict = throttle.begin(
                account: "x", from: source, at: Self.at(Double(attempt) / 100))
            if verdict == .goOn { tried += 1 }
        }
        // 100 seconds: five at once, then after 2, 4, 8, 16, 32 seconds.
        #expect((6...12).contains(tried))
        let owner = Source.knownBrowser("b1")
        #expect(throttle.begin(account: "x", from: owner, at: Self.at(100)) == .goOn)
        throttle.succeeded(account: "x", from: owner, at: Self.at(100))
    }

    @Test("a stranger waits longer each time, a minute at most, and is never shut out")
    func stranger() throws {
        var throttle = SignInThrottle()
        var now = 0.0
        var waits: [Int] = []
        for attempt in 0..<25 {
            let source = try Self.stranger("2001:db8:0:\(attempt)::1")
            if case .wait(let seconds) = throttle.begin(
                account: "x", from: source, at: Self.at(now))
            {
                waits.append(seconds)
                now += Double(seconds)
                #expect(throttle.begin(account: "x", from: source, at: Self.at(now)) == .goOn)
            }
        }
        #expect(waits.prefix(5) == [2, 4, 8, 16, 32])
        #expect(waits.max() == 60)
        // Hours later it is as if nothing had been.
        let later = Self.at(now + 86_400)
        #expect(
            throttle.begin(account: "x", from: try Self.stranger("192.0.2.1"), at: later) == .goOn)
    }

    @Test("one network or browser has ten attempts at an account, and other accounts their own")
    func pair() throws {
        var throttle = SignInThrottle()
        let browser = Source.knownBrowser("b")
        for _ in 0..<10 {
            #expect(throttle.begin(account: "x", from: browser, at: Self.at(0)) == .goOn)
        }
        #expect(
            throttle.begin(account: "x", from: browser, at: Self.at(0)) == .wait(seconds: 90))
        #expect(throttle.begin(account: "y", from: browser, at: Self.at(0)) == .goOn)
        #expect(throttle.begin(account: "x", from: browser, at: Self.at(90)) == .goOn)
    }

    @Test("one network cannot try a password at every account")
    func spray() throws {
        var throttle = SignInThrottle()
        var tried = 0
        for account in 0..<1000 {
            let source = try Self.stranger("198.51.100.\(account % 256)")
            let verdict = throttle.begin(account: "\(account)", from: source, at: Self.at(0))
            if verdict == .goOn { tried += 1 }
        }
        #expect(tried == 100)
    }

    @Test("attempts at the same moment count before any of them has failed")
    func parallel() throws {
        var throttle = SignInThrottle()
        let source = try Self.stranger("192.0.2.1")
        var tried = 0
        for _ in 0..<50 where throttle.begin(account: "x", from: source, at: Self.at(0)) == .goOn {
            tried += 1
        }
        #expect(tried == 5)
    }

    @Test("what was right does not count: a busy office signs in all day")
    func right() throws {
        var throttle = SignInThrottle()
        let source = try Self.stranger("192.0.2.1")
        for attempt in 0..<500 {
            let now = Self.at(Double(attempt))
            #expect(throttle.begin(account: "x", from: source, at: now) == .goOn)
            throttle.succeeded(account: "x", from: source, at: now)
        }
    }
}
