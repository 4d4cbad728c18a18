/** Stands in for a real provider, whose client belongs here. Declines the token `tok_declined`. */
export const cardProvider = {
    async authorize({ cardToken }) {
        return cardToken === 'tok_declined' ? { approved: false, reason: 'declined' } : { approved: true };
    },
    async void() { },
};
