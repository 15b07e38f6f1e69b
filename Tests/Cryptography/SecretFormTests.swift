import Testing

@testable import Cryptography

@Suite("Backup codes")
struct BackupCodeTests {
    @Test("ten codes in groups of four, all different, each found again however it is typed")
    func set() throws {
        let codes = try BackupCode.makeSet()
        #expect(codes.count == 10)
        #expect(Set(codes.map(\.hash)).count == 10)
        for code in codes {
            #expect(code.text.wholeMatch(of: /([A-Z2-7]{4}-){5}[A-Z2-7]{4}/) != nil)
            let plain = code.text.filter { $0 != "-" }
            for typed in [code.text, plain, plain.lowercased(), " \(code.text) \n"] {
                #expect(BackupCode(typed: typed) == code)
            }
        }
    }

    @Test("the hash does not tell the code, and another code has another")
    func hash() throws {
        let code = try #require(BackupCode(typed: "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF"))
        #expect(code.hash.wholeMatch(of: /[0-9a-f]{64}/) != nil)
        #expect(code.hash != BackupCode(typed: "AAAA-BBBB-CCCC-DDDD-EEEE-FFF2")?.hash)
    }

    @Test(
        "what is no code is none",
        arguments: [
            "", "AAAA-BBBB-CCCC-DDDD-EEEE", "AAAA-BBBB-CCCC-DDDD-EEEE-FFFFF",
            "AAAA-BBBB-CCCC-DDDD-EEEE-FFF1", "AAAA_BBBB_CCCC_DDDD_EEEE_FFFF",
        ])
    func malformed(_ text: String) {
        #expect(BackupCode(typed: text) == nil)
    }
}

@Suite("API keys as text")
struct APIKeyTextTests {
    @Test("a fresh key has its form, is read back, and matches its hash alone")
    func fresh() throws {
        let key = try APIKeyText.make()
        #expect(key.text.wholeMatch(of: /ply_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{36}/) != nil)
        #expect(try APIKeyText(key.text) == key)
        #expect(try APIKeyText(" \(key.text)\n") == key)
        #expect(key.text.contains(key.id))
        #expect(key.matches(hash: key.hash))
        let other = try APIKeyText.make()
        #expect(!other.matches(hash: key.hash))
        #expect(other.id != key.id)
    }

    @Test("each single character that is wrong, missing or swapped with its neighbour is told")
    func typos() throws {
        let characters = Array(try APIKeyText.make().text)
        let start = APIKeyText.prefix.count
        for index in start..<characters.count {
            var wrong = characters
            wrong[index] = wrong[index] == "x" ? "y" : "x"
            #expect(throws: APIKeyText.Flaw.mistyped) { try APIKeyText(String(wrong)) }
            var short = characters
            short.remove(at: index)
            #expect(throws: APIKeyText.Flaw.mistyped) { try APIKeyText(String(short)) }
            guard index + 1 < characters.count, characters[index] != characters[index + 1] else {
                continue
            }
            var swapped = characters
            swapped.swapAt(index, index + 1)
            #expect(throws: APIKeyText.Flaw.mistyped) { try APIKeyText(String(swapped)) }
        }
    }

    @Test(
        "what is another's key is told from a mistyped one",
        arguments: ["", "sk_live_abc", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "ply_test_x_y"])
    func foreign(_ text: String) {
        #expect(throws: APIKeyText.Flaw.foreign) { try APIKeyText(text) }
    }

    @Test("the checksum is that of zip files", arguments: [("", 0), ("123456789", 0xCBF4_3926)])
    func checksum(_ text: String, _ sum: UInt32) {
        #expect(CRC32.checksum(text.utf8) == sum)
    }

    @Test("all 32 bits fit into six characters")
    func base62() {
        #expect(Base62.encode(0, width: 6) == "000000")
        #expect(Base62.encode(61, width: 6) == "00000z")
        #expect(Base62.encode(62, width: 6) == "000010")
        #expect(Base62.encode(.max, width: 6) == "4gfFC3")
    }
}
