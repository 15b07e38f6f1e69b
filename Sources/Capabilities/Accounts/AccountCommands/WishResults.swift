package import Conversation
import Endpoints
package import HTTPServer
package import JSON

/// What became of each of several wishes.
package struct WishResults: Described, Codable, Hashable {
    /// One of them: about an account, or about a line that somebody typed.
    package struct Result: Codable, Hashable, Sendable {
        var account: AccountID?
        var line: String?
        var email: String?
        var isDone = false
        var code: String?
        var detail: String?

        /// What became of a wish for an account: refused by a problem, or done.
        package init(of account: AccountID, _ problem: Problem?) {
            self.account = account
            take(problem)
        }

        /// What became of a line in which an address stands.
        package init(of line: String, email: String?, _ problem: Problem?) {
            self.line = line
            self.email = email
            take(problem)
        }

        private mutating func take(_ problem: Problem?) {
            isDone = problem == nil
            code = problem?.kind.code
            detail = problem?.detail
        }
    }

    /// Does something; why it was refused, or `nil`.
    package static func problem(
        of wish: () async throws(Problem) -> Void
    ) async -> Problem? {
        do throws(Problem) {
            try await wish()
            return nil
        } catch {
            return error
        }
    }

    var results: [Result]

    /// Tells the results in the order of the wishes.
    package init(_ results: [Result]) { self.results = results }

    /// Does something for each of several, some at once; the results are in their order.
    package init<Each: Sendable>(
        of list: [Each], atOnce: Int,
        _ wish: @escaping @Sendable (Int, Each) async -> Result
    ) async {
        results = await withTaskGroup(of: (Int, Result).self) { group in
            var done: [Int: Result] = [:]
            for (number, each) in list.enumerated() {
                if number >= atOnce, let (number, result) = await group.next() {
                    done[number] = result
                }
                group.addTask { (number, await wish(number, each)) }
            }
            for await (number, result) in group { done[number] = result }
            return list.indices.compactMap { done[$0] }
        }
    }

    package static let schema = JSONSchema.object(
        [
            .required(
                "results",
                .list(
                    .object([
                        .optional("account", .text("The account.")),
                        .optional("line", .text("The line as it came.")),
                        .optional("email", .text("The address in it.")),
                        .required("isDone", .boolean("Whether it is done, or on its way.")),
                        .optional("code", .text("Why it is not, as a word.")),
                        .optional("detail", .text("Why it is not.")),
                    ]), "One result for each, in the order asked."))
        ], named: "WishResults")
}
