const { connectorRegistry } = require('@app-connect/core');

connectorRegistry.registerConnector('registered', {
  getAuthType: () => 'apiKey',
  createCallLog: async () => ({ logId: '1' }),
  updateCallLog: async () => ({ updatedNote: '' }),
});
connectorRegistry.registerConnectorInterface('registered', 'findContact', async () => ({
  successful: true,
  matchedContactInfo: [{ id: 1, name: 'through the registry' }],
}));
