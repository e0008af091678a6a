// Insightly as production asks it: every format instead of the plain number, four searches per
// spelling, one after another. Only what a lookup and a login need.

const axios = require('axios');
const { parsePhoneNumber } = require('awesome-phonenumber');

const SEARCHES = [
  ['contacts', 'PHONE'],
  ['contacts', 'PHONE_MOBILE'],
  ['leads', 'PHONE'],
  ['leads', 'MOBILE'],
];

exports.getAuthType = () => 'apiKey';
exports.getLogFormatType = () => 'text/plain';
exports.getBasicAuth = ({ apiKey }) => Buffer.from(`${apiKey}:`).toString('base64');

exports.getUserInfo = async ({ authHeader, additionalInfo }) => {
  const headers = { Authorization: authHeader };
  const { data } = await axios.get(`${additionalInfo.apiUrl}/v3.1/users/me`, { headers });
  return {
    successful: true,
    platformUserInfo: {
      id: `${data.USER_ID}-insightly`,
      name: `${data.FIRST_NAME} ${data.LAST_NAME}`,
      timezoneName: '',
      timezoneOffset: null,
      platformAdditionalInfo: additionalInfo,
    },
    returnMessage: { messageType: 'success', message: 'Connected to Insightly.', ttl: 1000 },
  };
};

function spell(format, digits) {
  return [...digits].reduce((text, digit) => text.replace(/[*#]/, digit), format);
}

exports.findContact = async ({ user, authHeader, phoneNumber, overridingFormat }) => {
  const { valid, number } = parsePhoneNumber(phoneNumber.replace(' ', '+'));
  const digits = valid ? number.significant : '';
  const formats = overridingFormat === '' ? [digits] : overridingFormat.split(',');
  const headers = { Authorization: authHeader };
  const matchedContactInfo = [];
  for (const format of valid ? formats : []) {
    const value = spell(format, digits);
    for (const [path, field] of SEARCHES) {
      const query = `field_name=${field}&field_value=${value}&brief=false`;
      const url = `${user.platformAdditionalInfo.apiUrl}/v3.1/${path}/search?${query}`;
      const { data } = await axios.get(url, { headers });
      for (const row of data) {
        const type = path === 'contacts' ? 'Contact' : 'Lead';
        matchedContactInfo.push({
          id: row.CONTACT_ID ?? row.LEAD_ID,
          name: `${row.FIRST_NAME} ${row.LAST_NAME}`,
          phone: row[field],
          type,
          additionalInfo: {},
        });
      }
    }
  }
  matchedContactInfo.push({
    id: 'createNewContact',
    name: 'Create new contact...',
    additionalInfo: null,
    isNewContact: true,
  });
  return { successful: true, matchedContactInfo };
};

exports.createCallLog = async () => ({ logId: '1' });
exports.updateCallLog = async () => ({ updatedNote: '' });
