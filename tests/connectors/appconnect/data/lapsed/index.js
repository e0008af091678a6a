// A connector whose CRM does not renew its session any more.

exports.getAuthType = () => 'oauth';
exports.getBasicAuth = () => '';
exports.getOauthInfo = async () => ({
  clientId: 'c', clientSecret: 's', accessTokenUri: 'http://127.0.0.1:9/token', redirectUri: '',
});
exports.checkAndRefreshAccessToken = async () => null;
exports.getUserInfo = async () => ({
  successful: true, platformUserInfo: { id: 'tess-lapsed', name: 'Tess' },
});
exports.findContact = async () => ({ successful: true, matchedContactInfo: [] });
exports.createContact = async () => ({ contactInfo: { id: 1, name: 'Nobody' } });
exports.createCallLog = async () => ({ logId: '1' });
exports.updateCallLog = async () => ({ updatedNote: '' });
