import Testing

@testable import Cryptography

@Suite("A pool that hashes passwords")
struct PasswordHasherTests {
    private static let cheap = PasswordHashTests.cheap

    @Test("the right password is told from a wrong one and from that of an unknown account")
    func verdicts() async throws {
        let hasher = try PasswordHasher(cost: Self.cheap)
        let stored = try await hasher.hash("right")
        #expect(try await hasher.check("right", against: stored) == .right)
        #expect(try await hasher.check("wrong", against: stored) == .wrong)
        #expect(try await hasher.check("right", against: nil) == .wrong)
    }

    @Test("a hash of another cost still verifies, and comes back made anew")
    func rehash() async throws {
        let old = try PasswordHash(of: "right", cost: .init(logN: 3, r: 8, p: 1))
        let hasher = try PasswordHasher(cost: Self.cheap)
        guard case .rightAfresh(let fresh) = try await hasher.check("right", against: old) else {
            Issue.record("an old hash was not made anew")
            return
        }
        #expect(try await hasher.check("right", against: fresh) == .right)
        #expect(try await hasher.check("wrong", against: old) == .wrong)
    }

    @Test("the decoy costs what a stored hash does: it is of the same form and cost")
    func decoy() throws {
        let decoy = try PasswordHash.decoy()
        let real = try PasswordHash(of: "x")
        #expect(try !decoy.needsRehash())
        #expect(decoy.text.count == real.text.count)
        #expect(try PasswordHash.decoy().text != decoy.text)
    }

    @Test("what is damaged says so")
    func damaged() async throws {
        let hasher = try PasswordHasher(cost: Self.cheap)
        await #expect(throws: PasswordHasherError.failed(.malformedPasswordHash)) {
            try await hasher.check("x", against: PasswordHash(stored: "x"))
        }
    }

    @Test("beyond those that run and wait, the rest is told to come again, and then it works")
    func busy() async throws {
        // Dear enough that all forty ask before the first is done.
        let hasher = try PasswordHasher(
            workers: 2, mostWaiting: 3, cost: .init(logN: 14, r: 8, p: 4))
        let refused = await withTaskGroup(of: PasswordHasherError?.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    do throws(PasswordHasherError) {
                        _ = try await hasher.hash("x")
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        #expect(refused.allSatisfy { $0 == .busy })
        #expect((1...35).contains(refused.count))
        _ = try await hasher.hash("x")
    }
}
