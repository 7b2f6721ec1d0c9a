define({
  commandName: 'Im Shop veröffentlichen',
  commandVerb: 'veröffentlichen',
  commandDoneVerb: 'übergeben',
  accepted: 'Version {version} von „{name}“ wurde an den Shop übergeben. Sie erscheint dort, wenn diese Version freigegeben ist.',
  problems: {
    node: 'Die neueste Version von „{name}“ konnte nicht gelesen werden. Laden Sie die Seite neu und versuchen Sie es noch einmal.',
    ticket: 'Die Shop-Seite hat Ihre Anmeldung nicht angenommen. Laden Sie die Seite neu und versuchen Sie es noch einmal.',
    busy: 'Zu viele Anfragen. Versuchen Sie es in {wait} Sekunden noch einmal.',
    unavailable: 'Die Shop-Seite ist gerade nicht verfügbar. Versuchen Sie es gleich noch einmal.',
    unreachable: 'Die Shop-Seite ist von hier aus nicht erreichbar. Fragen Sie Ihre Administration, ob ihre Adresse erlaubt ist.',
    refused: 'Die Shop-Seite hat die Anfrage nicht verstanden. Bitten Sie Ihre Administration, das Modul zu aktualisieren.',
    unexpected: 'Das Dokument konnte nicht an den Shop übergeben werden.'
  }
});
