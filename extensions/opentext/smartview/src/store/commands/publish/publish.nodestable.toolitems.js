// Where the command appears: the selection toolbar and the row menu of browse tables and search results.
define(['i18n!store/commands/publish/impl/nls/lang'], function (lang) {
  'use strict';

  return {
    otherToolbar: [{ signature: 'StorePublish', name: lang.commandName }],
    inlineActionbar: [{ signature: 'StorePublish', name: lang.commandName }]
  };
});
