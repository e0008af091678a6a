// A connector as App Connect's framework has them, for a CRM that exists in tests alone.

const https = require('https');
const zlib = require('zlib');

const { person } = require('./people');

const HOST = 'api.tinycrm.example';

const version = () => process.env.TINYCRM_VERSION;

function get(path, authHeader) {
  return new Promise((resolve, reject) => {
    const options = { hostname: HOST, path, headers: { Authorization: authHeader } };
    https
      .get(options, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          if (response.statusCode >= 400) {
            const error = new Error(`Request failed with status code ${response.statusCode}`);
            error.name = 'AxiosError';
            error.response = { status: response.statusCode };
            reject(error);
          } else {
            const body = Buffer.concat(chunks);
            const packed = response.headers['content-encoding'] === 'gzip';
            resolve(JSON.parse((packed ? zlib.gunzipSync(body) : body).toString()));
          }
        });
      })
      .on('error', reject);
  });
}

async function post(path, authHeader, body) {
  const response = await fetch(`https://${HOST}${path}`, {
    method: 'POST',
    headers: { Authorization: authHeader, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

exports.getAuthType = () => 'apiKey';
exports.getBasicAuth = ({ apiKey }) => Buffer.from(`${apiKey}:`).toString('base64');
exports.getLogFormatType = () => 'text/html';

exports.getUserInfo = async ({ authHeader }) => {
  const me = await get(`/${version()}/me`, authHeader);
  return { successful: true, platformUserInfo: { id: `${me.id}-tinycrm`, name: me.name } };
};

exports.findContact = async ({ user, authHeader, phoneNumber }) => {
  console.log('looking for', phoneNumber);
  const found = await get(
    `/${version()}/people?phone=${encodeURIComponent(phoneNumber)}`,
    authHeader,
  );
  user.accessToken = 'renewed-t0ken-1';
  await user.save();
  return { successful: true, matchedContactInfo: found.people.map(person) };
};

exports.findContactWithName = async ({ authHeader, name }) => {
  const found = await get(`/${version()}/people?name=${encodeURIComponent(name)}`, authHeader);
  return { successful: true, matchedContactInfo: found.people.map(person) };
};

exports.createContact = async ({ authHeader, phoneNumber, newContactName }) => {
  const made = await post(`/${version()}/people`, authHeader, {
    name: newContactName,
    phone: phoneNumber,
  });
  return { contactInfo: { id: made.id, name: newContactName } };
};

exports.createCallLog = async ({ user, authHeader, contactInfo, note }) => {
  const made = await post(`/${version()}/calls`, authHeader, { person: contactInfo.id, note });
  await user.update({ platformAdditionalInfo: { lastLog: made.id } });
  return { logId: String(made.id) };
};

exports.updateCallLog = async () => ({ updatedNote: '' });
