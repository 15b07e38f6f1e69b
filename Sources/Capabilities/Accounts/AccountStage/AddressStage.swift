import AccountRecords
package import Conversation
package import StageRuntime

/// Decides whose an e-mail address is: one account's at most, as one key is one decision at a
/// time.
package struct AddressStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never

    /// The stage's name.
    package let name = "addresses"
    package let reads: [any Payload.Type] = [AddressRequest.self]

    /// Whose an address is.
    package struct State: StageState {
        /// The account that has it.
        var holder: AccountID?

        /// Nobody's.
        package init() {}
    }

    /// Makes the stage.
    package init() {}

    /// Gives an address to the first who asks, until they let it go.
    package func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        guard case .record(let request as AddressRequest, let headers, _) = input else {
            throw context.noUse
        }
        switch request.wish {
        case .release:
            guard state.holder == request.account else {
                return .ignore(because: "the address is another account's, or nobody's")
            }
            state.holder = nil
            return .finish(context.effects)
        case .reserve:
            let isReserved = state.holder == nil || state.holder == request.account
            if isReserved { state.holder = request.account }
            var effects = context.effects
            effects.emit(
                AddressResult(
                    account: request.account, address: request.address, request: headers.id,
                    isReserved: isReserved, at: context.now))
            return .finish(effects)
        }
    }
}
