class Connector {
  getAuthType() {
    return 'apiKey';
  }

  async findContact({ phoneNumber }) {
    return { successful: true, matchedContactInfo: [{ id: 1, name: phoneNumber }] };
  }
}

module.exports = new Connector();
