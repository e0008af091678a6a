import { request } from 'node:http';

export default {
  getAuthType: () => 'oauth',
  async findContact({ phoneNumber }) {
    const status = await new Promise((resolve, reject) => {
      const sent = request('http://api.tinycrm.example/v2/me', (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      sent.on('error', reject).end();
    });
    return { successful: true, matchedContactInfo: [{ id: status, name: phoneNumber }] };
  },
};
