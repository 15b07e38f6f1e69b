import Conversation
import Testing

@testable import RateLimits

@Suite("Rate limits")
struct RateLimiterTests {
    private static func at(_ seconds: Double) -> Timestamp {
        Timestamp(milliseconds: 1_800_000_000_000 + Int64(seconds * 1000))
    }

    @Test("a quota at once, then one whenever a part of the window has passed")
    func bucket() {
        var limiter = RateLimiter<String>(RateLimit(4, perSeconds: 60), mostKeys: 10)
        for remaining in [3, 2, 1, 0] {
            let verdict = limiter.take("a", at: Self.at(0))
            #expect(verdict.isAllowed)
            #expect(verdict.remaining == remaining)
        }
        let refused = limiter.take("a", at: Self.at(0))
        #expect(!refused.isAllowed)
        #expect(refused.resetSeconds == 15)
        #expect(!limiter.take("a", at: Self.at(14.9)).isAllowed)
        #expect(limiter.take("a", at: Self.at(15)).isAllowed)
        #expect(!limiter.take("a", at: Self.at(15)).isAllowed)
        #expect(limiter.look("a", at: Self.at(1000)).remaining == 4)
    }

    @Test("what a verdict promises holds: after its seconds there is more, and not before")
    func reset() {
        var limiter = RateLimiter<String>(RateLimit(7, perSeconds: 60), mostKeys: 10)
        var now = 0.0
        for _ in 0..<50 {
            let verdict = limiter.take("a", at: Self.at(now))
            if verdict.remaining == 0 {
                #expect(
                    limiter.look("a", at: Self.at(now + Double(verdict.resetSeconds))).isAllowed)
                #expect(
                    !limiter.look("a", at: Self.at(now + Double(verdict.resetSeconds) - 1.1))
                        .isAllowed)
            }
            now += 1.7
        }
    }

    @Test("one caller's requests are not another's")
    func keys() {
        var limiter = RateLimiter<String>(RateLimit(1, perSeconds: 60), mostKeys: 10)
        #expect(limiter.take("a", at: Self.at(0)).isAllowed)
        #expect(!limiter.take("a", at: Self.at(0)).isAllowed)
        #expect(limiter.take("b", at: Self.at(0)).isAllowed)
    }

    @Test("looking counts nothing, and what is given back can be taken again, once")
    func giveBack() {
        var limiter = RateLimiter<String>(RateLimit(2, perSeconds: 60), mostKeys: 10)
        for _ in 0..<5 { #expect(limiter.look("a", at: Self.at(0)).remaining == 2) }
        #expect(limiter.take("a", at: Self.at(0)).remaining == 1)
        limiter.giveBack("a", at: Self.at(0))
        limiter.giveBack("a", at: Self.at(0))
        #expect(limiter.look("a", at: Self.at(0)).remaining == 2)
    }

    @Test("a clock that is set back gives nothing away and takes nothing")
    func clock() {
        var limiter = RateLimiter<String>(RateLimit(2, perSeconds: 60), mostKeys: 10)
        #expect(limiter.take("a", at: Self.at(100)).isAllowed)
        #expect(limiter.take("a", at: Self.at(0)).isAllowed)
        #expect(!limiter.take("a", at: Self.at(0)).isAllowed)
        #expect(limiter.take("a", at: Self.at(30)).isAllowed)
    }

    @Test("memory is bounded: a flood of keys is forgotten, a key in use is not")
    func bounded() {
        var limiter = RateLimiter<Int>(RateLimit(1, perSeconds: 3600), mostKeys: 100)
        _ = limiter.take(-1, at: Self.at(0))
        for key in 0..<100_000 {
            _ = limiter.take(key, at: Self.at(0))
            if key % 50 == 0 { #expect(!limiter.take(-1, at: Self.at(0)).isAllowed) }
        }
        #expect(limiter.keyCount == 100)
    }
}

@Suite("A table of bounded size")
struct LeastRecentlyUsedTests {
    @Test("it keeps what a plain list that moves used keys to its end keeps")
    func model() {
        var generator = SystemRandomNumberGenerator()
        for most in [1, 2, 3, 7] {
            var table = LeastRecentlyUsed<Int, Int>(most: most)
            var list: [(key: Int, value: Int)] = []
            for value in 0..<2000 {
                let key = Int.random(in: 0..<10, using: &generator)
                table.set(key, value)
                list.removeAll { $0.key == key }
                list.append((key, value))
                if list.count > most { list.removeFirst() }
                for key in 0..<10 {
                    #expect(table.peek(key) == list.first { $0.key == key }?.value)
                }
                #expect(table.count == list.count)
            }
        }
    }
}

@Suite("Header lines of limits")
struct RateLimitHeadersTests {
    @Test("limits that let a request through say so, without Retry-After")
    func allowed() {
        let lines = RateLimitHeaders.lines([
            (
                "key",
                RateLimitVerdict(
                    limit: RateLimit(100, perSeconds: 60), isAllowed: true, remaining: 50,
                    resetSeconds: 30)
            )
        ])
        #expect(lines.map(\.name) == ["RateLimit-Policy", "RateLimit"])
        #expect(lines.map(\.value) == ["\"key\";q=100;w=60", "\"key\";r=50;t=30"])
    }

    @Test("a refusal's Retry-After is the longest wait of those that refuse")
    func refused() {
        func verdict(_ isAllowed: Bool, _ reset: Int) -> RateLimitVerdict {
            RateLimitVerdict(
                limit: RateLimit(10, perSeconds: 60), isAllowed: isAllowed,
                remaining: isAllowed ? 3 : 0, resetSeconds: reset)
        }
        let lines = RateLimitHeaders.lines([
            ("key", verdict(false, 6)), ("address", verdict(false, 4)),
            ("tenant", verdict(true, 42)),
        ])
        #expect(lines.last?.name == "Retry-After")
        #expect(lines.last?.value == "6")
        #expect(lines[1].value == "\"key\";r=0;t=6, \"address\";r=0;t=4, \"tenant\";r=3;t=42")
    }

    @Test("without limits there are no lines")
    func none() {
        #expect(RateLimitHeaders.lines([]).isEmpty)
    }
}
