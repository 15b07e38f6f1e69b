import Browser
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// People at the console's pages: made over the API, and signed in at the door as anybody is.
extension ConsolePages {
    /// A password that is taken, of everybody here.
    static let password = Person.password
    /// The installation's owner.
    static let owner = "ana@sol.example"
    /// The business that ``fill()`` makes.
    static let business = (id: "luz", name: "Óptica Luz")

    /// Makes the installation's owner, who owns the business, too; once.
    func makeOwner() async throws {
        try await fill()
        guard try await LocalAPI(base: base).call(.get, "/api/v1/door")["isSetUp"].isTrue == false
        else { return }
        try await makeOwner(token: try await setUpToken())
        let owner = try jsonBytes(["email": Self.owner])
        try await eventually("the business is an organisation") {
            let answer = try await client.send(
                .put, "/api/v1/organisations/\(Self.business.id)/owner", owner)
            return answer.status == 200
        }
    }

    /// The one-time token that makes the installation's owner.
    func setUpToken() async throws -> String {
        let link = try await client.call(.post, "/api/v1/installation/setup-links")
        return try #require(link["token"].string)
    }

    private func makeOwner(token: String) async throws {
        let wanted = [
            "token": token, "name": "Ana Sol", "email": Self.owner, "password": Self.password,
            "language": "en",
        ]
        // As the page of the first start sends it: nobody else makes an owner.
        let answer = try await LocalAPI(base: base).send(
            .post, "/api/v1/setup", try jsonBytes(wanted), headers: [("Origin", base)])
        try #require(answer.status < 300, "\(answer.body)")
    }

    /// A program of somebody's, such as the command line's: what they could do at the pages.
    func program(_ email: String = owner) async throws -> LocalAPI {
        try await Person.signIn(email, at: installation).api
    }

    /// Lets somebody join a team by a mail's link, who has no account yet.
    func join(_ email: String, _ name: String, as role: String, of tenant: String) async throws {
        _ = try await Person.member(email, role, of: tenant, named: name, in: installation)
    }

    /// The newest mail to an address whose subject says something, once there is one.
    func mailed(to address: String, saying words: String = "") async throws -> KeptMail {
        try await installation.mailed(to: address, saying: words)
    }

    // MARK: In the browser

    /// Signs somebody in at the door of a room.
    func signIn(
        _ page: BrowserPage, _ email: String = owner, at room: String = "/"
    ) async throws {
        try await page.go(to: base + room)
        try await typeIn(page, email)
        try await page.wait(for: "document.body.className === 'app'")
        try await page.wait(for: Self.isWhole)
    }

    /// Types an address and the password at the door.
    func typeIn(_ page: BrowserPage, _ email: String) async throws {
        try await page.fill("#email", email)
        try await page.fill("#password", Self.password)
        try await page.press("Enter")
    }

    /// Signs out by the menu of the own account.
    func signOut(_ page: BrowserPage) async throws {
        try await page.click(".topbar [data-act=account]")
        try await page.click("[role=menu] [data-act=sign-out]")
        try await page.wait(for: "document.activeElement.id === 'email'")
    }

    /// Chooses whose pages are shown, for the rest of the visit.
    func choose(_ organisation: (id: String, name: String), _ page: BrowserPage) async throws {
        let chosen = try String(
            decoding: jsonBytes(["id": organisation.id, "name": organisation.name]), as: UTF8.self)
        _ = try await page.isTrue(
            "sessionStorage.setItem('parley.organisation', '\(chosen)') ?? true")
    }
}

extension BrowserPage {
    /// Types a text into a field, in the place of what is there.
    func fill(_ selector: String, _ text: String) async throws {
        try await choose(text, in: selector)
    }

    /// Clicks on the first element of a selector that says something.
    func click(_ selector: String, saying words: String) async throws {
        let found = """
            [...document.querySelectorAll("\(selector)")]
              .find((each) => each.innerText.trim() === "\(words)")
            """
        try await click(found: found)
    }
}
