import Conversation
import FoundationEssentials
import HTTPClient
import Simulator
import Testing
import WhatsAppCloudAPI

@Suite struct MediaTests {
    @Test("a medium is resolved and fetched within its limit, with the number's token only")
    func media() async throws {
        try await Pipe.run { pipe in
            struct Stored: Decodable { var id: String }
            let bytes = try await pipe.control("media?business=sol", "a small picture")
            let id = try JSONDecoder().decode(Stored.self, from: Data(bytes)).id
            func access(_ number: BusinessNumberID, _ token: String) -> GraphAccess {
                GraphAccess(
                    baseURL: "http://127.0.0.1:\(pipe.port)", version: "v26.0", number: number,
                    token: token)
            }
            let endpoint = MediaEndpoint(over: pipe.http)
            let own = access("n1", "token")
            let medium = try await endpoint.resolve(id, through: own)
            #expect(medium.size == 15)
            #expect(
                try await endpoint.download(medium, through: own) == Array("a small picture".utf8))
            await #expect(throws: CloudAPIError.tooLarge(limit: 10)) {
                _ = try await endpoint.download(medium, through: own, limit: 10)
            }
            var unsized = medium
            unsized.size = nil
            await #expect(throws: CloudAPIError.tooLarge(limit: 10)) {
                _ = try await endpoint.download(unsized, through: own, limit: 10)
            }
            await #expect(throws: CloudAPIError.self) {
                _ = try await endpoint.resolve(id, through: access("n2", "token"))
            }
            await #expect(throws: CloudAPIError.self) {
                _ = try await endpoint.resolve(id, through: access("n1", "wrong"))
            }
            await #expect(throws: CloudAPIError.invalidID("../me")) {
                _ = try await endpoint.resolve("../me", through: own)
            }
            var foreign = medium
            foreign.url = "http://localhost:\(pipe.port)/elsewhere"
            await #expect(throws: CloudAPIError.foreignHost("localhost")) {
                _ = try await endpoint.download(foreign, through: own)
            }
        }
    }
}
